"""The parts of `benchmarks/bench.py`: what is measured, in which process, and the table.

| module | what it knows |
| --- | --- |
| heap, application | the heaps that every tool is measured on: of few types, and of many modules |
| meter | CPU time, wall time and memory of one operation. Runs *inside* the measured process |
| ticker | the longest time for which another thread could not run |
| ours, peers | the operations: snapdiff's, and the other tools' |
| inside | the measured process: one operation, one heap |
| process | starts that process, waits while it takes no more CPU time than it may, and reads what it wrote |
| snapshots | rows: operations on a heap |
| recordings | rows: recording an application with a large heap; analysis and report of the recording |
| whole | rows: a workload under nothing, snapdiff, tracemalloc and memray |
| shape | what is in a recording |
| operation, operations | what an operation is, and all of them by name |
| watch | the CPU time of a running process, and its end when that was too much |
| commands | runs a command, with its wall time, CPU time and peak memory |
| table | the one table, and its place in the README |
| machine | what it was measured on |
| programs/ | the programs that are recorded |

heap, application, meter, ticker, operation, operations, ours, peers and inside run in the interpreters of the peers:
standard library only, but for the one tool that is measured.
"""
