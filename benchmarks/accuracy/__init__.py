"""The parts of `benchmarks/accuracy.py`: the corpus, the tools, the environments and the table.

| module | what it knows |
| --- | --- |
| corpus | programs and their truth |
| verdicts | what a tool said of a program: the one row that everything after is made of |
| snapdiff_tool | runs snapdiff as its users do, and compares its report with the truth |
| peers | the other tools, what each calls a leak, and how one is started |
| peer_process | runs *inside* the interpreter of a peer: one tool, one program, one process |
| environments | `.venv-peers`: the peers, and what single programs require |
| table | sums, the one table, and the list of what snapdiff gets wrong |
"""
