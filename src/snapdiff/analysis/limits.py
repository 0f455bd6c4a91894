"""Every threshold of the judgement, with what set it."""

#: Objects (or blocks) a call that every round after the first must gain: the strict rule of ALGORITHMS.md §4.
STRICT_RATE = 1.0
#: Bytes a call for allocation lines: on 92 programs, 16 or more a call over 1/10/151/302 found 51 of 59 leaks and
#: accused 1 of 32 clean ones; allocator drift on a clean workload is below.
LINE_BYTES_RATE = 16.0
#: Bytes a call for types whose count stands still: one pointer more in one list.
TYPE_BYTES_RATE = 8.0
#: Rates of the rounds may differ by this factor: the rule that accused none of 32 clean programs.
RATE_FACTOR = 2.0
#: A container that fills from a limited set of keys loses rate from N to 2N: 1,000 keys drawn at random give 0.92
#: and 0.73 a call (0.79). A leak of one object a call, drawn at random, stays above 0.8 in 99 of 100 runs.
FALLING = 0.8
#: The rate of a saturating series is at most this part of what it was: "the rate halves".
SATURATED = 0.5
#: Objects that a slow leak must have gained in N and twice that in 2N. Stray objects of clean workloads (an int that
#: leaves the small-int cache, a lazily made cache entry) were at most 9 in 151 calls.
SLOW_LEAST = 15
#: A slow leak's rates over N and 2N agree this closely.
SLOW_FACTOR = 1.5
#: A confirming round that was cut short still confirms with this part of N calls: as many as show one growth in ten
#: rounds of a container that grows once in fifteen calls.
CONFIRMING_LEAST = 0.5
#: Part of a type's survivors from which a holder is a cause of its own.
HOLDER_SHARE = 0.2
#: A line that no survivor explains is a finding of its own from this part of the traced growth on…
UNEXPLAINED_SHARE = 0.2
#: …and from this many bytes a call.
UNEXPLAINED_BYTES = 64.0
#: Rows of the types and lines tables that analysis hands on; reports cut further.
MOST_ROWS = 5000
#: Births named for a finding.
MOST_BIRTHS = 3
