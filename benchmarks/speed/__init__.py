"""The parts of `benchmarks/bench.py`: what is measured, in which process, and the table.

| module | what it knows |
| --- | --- |
| heap | the one heap that every tool is measured on |
| meter | CPU time, wall time and memory of one operation, beside `gc.collect()`. Runs *inside* the measured process |
| ticker | the longest time for which another thread could not run |
| ours, peers | the operations: snapdiff's, and the other tools' |
| inside | the measured process: one operation, one heap |
| process | starts that process, waits as long as it may take, and reads what it wrote |
| snapshots | rows: operations on a heap |
| recordings | rows: recording a program with such a heap; analysis and report of the recording |
| whole | rows: a workload under nothing, snapdiff, tracemalloc and memray |
| rounds | the calls and seconds that a recording tells of |
| operation, operations | what an operation is, and all of them by name |
| commands | runs a command, with its wall time, CPU time and peak memory |
| table | the one table, and its place in the README |
| machine | what it was measured on |
| programs/ | the programs that are recorded |

heap, meter, ticker, operation, operations, ours, peers and inside run in the interpreters of the peers: standard
library only, but for the one tool that is measured.
"""
