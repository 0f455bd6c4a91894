"""The LanceDB worker behind JSON-RPC, with a parent in JavaScript; each once sound and once not."""
