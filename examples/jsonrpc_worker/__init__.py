"""The LanceDB worker behind JSON-RPC on its standard streams, with a parent in JavaScript; each once sound, once not."""
