"""A worker that keeps text sections in LanceDB and answers searches, once sound and once leaking."""
