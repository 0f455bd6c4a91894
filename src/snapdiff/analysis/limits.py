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
#: 5,000 keys drawn at random give 0.98, 0.94, 0.87 and 0.74 a call: each window less than the one before. Rates of a
#: leak that comes at random differ by 3 % at 1,208 calls, and fall three times in a row by a tenth in one run of 200.
FALLING_STEADILY = 0.9
#: Rates that rise by more than this from each window to the next, each as long again, make growth faster than linear.
RISING = 1.2
#: …and are told with where they began and ended when they are this many times as high at the end: entries with a copy
#: of all that came before take 5 to 18 times as much in the last round as in N. Of 250 recordings of programs by others
#: three are told so, and these keep such entries.
RISEN = 2.0
#: Growth that started late has the same rate in the last two windows.
LATE_FACTOR = 1.25
#: Part of its net growth that a leak may lose again on the way (the stepwise rule of ALGORITHMS.md §4). A buffer that
#: is emptied every 50 calls holds 12, 14, 18 and 26 things after 162, 464, 1,068 and 2,276 calls, which looks steady.
DRAWDOWN = 0.1
#: Steps in the last window up to which one more or less explains a fifth of the rate.
MOST_STEPS = 6
#: The rate of a saturating series is at most this part of what it was: "the rate halves".
SATURATED = 0.5
#: Objects that a slow leak must have gained in the last window, and twice that in all. Stray objects of clean
#: workloads (an int that leaves the small-int cache, a lazily made cache entry) were at most 9 in 151 calls.
SLOW_LEAST = 15
#: Objects a call below which nothing is said: one in a hundred calls shows as 23 in 2,276.
SLOW_RATE = 0.01
#: A slow leak's rates over N and 2N agree this closely.
SLOW_FACTOR = 1.5
#: A line that no survivor explains is a finding of its own from this part of the traced growth on…
UNEXPLAINED_SHARE = 0.2
#: …and from this many bytes a call. Where nothing else grows, LINE_BYTES_RATE is enough.
UNEXPLAINED_BYTES = 64.0
#: Bytes of an instance's attributes that no `__sizeof__` tells on 3.11 and 3.12: three attributes take 88.
INLINE_VALUES = 100
#: A line is lost memory only if what is left unexplained is as much as its bytes, but for rounding.
ALL_OF_IT = 1.1
#: The allocators must have gained at least this part of it. 1.01 to 1.05 of it where small or large blocks are lost,
#: 0.05 in a cache that replaced what was there before tracing began (3.11 to 3.13, with and without a traced plan).
REALLY_GAINED = 0.5
#: The largest block that pymalloc takes, in bytes, and `sys.getallocatedblocks` counts.
SMALL_BLOCK = 512
#: A line's blocks are explained when this part of them are objects that can be reached.
REACHABLE_SHARE = 0.1
#: Weak references mirror a growth of at least this part of their own rate.
MIRROR_SHARE = 0.9
#: Cyclic garbage a call that is worth a finding.
GARBAGE_RATE = 0.5
#: A confirming round that was cut short still confirms with this part of N calls: as many as show one growth in ten
#: rounds of a container that grows once in fifteen calls.
CONFIRMING_LEAST = 0.5
#: Rows of the types and lines tables that analysis hands on; reports cut further.
MOST_ROWS = 5000
#: Births named for a finding.
MOST_BIRTHS = 3
#: Relative scatter of a measure around its law that is expected before anything is seen: the peak of a call is the
#: same to 1 % from call to call, but lists, dicts and allocators grow in steps…
SWEEP_SCATTER = 0.03
#: …and how many sizes that expectation is worth.
SWEEP_PRIOR_SIZES = 3
#: Laws whose odds are below this are ruled out: one in ten. With noise of 5 % a call and five sizes up to 10,000, 143
#: of 150 straight lines are named, 7 left undecided beside n log n, and none is called another law.
SWEEP_RIVAL = 0.1
#: By so much (2 ln odds) a law must beat one that it contains. With noise of 5 % a call and five sizes 3 left 5 of 150
#: constants undecided, 4 left 2, 5 none; a rise by a quarter over all sizes is seen in 59 of 60.
SWEEP_NEEDED = 5.0
#: Relative root mean square of the residuals above which no law fits.
SWEEP_MISFIT = 0.25
#: Sizes from which on a threshold can be seen: two below it, and enough to know a smooth curve from one.
SWEEP_THRESHOLD_SIZES = 4
#: Places between two sizes at which a steeper line is tried, as parts of the gap.
SWEEP_PLACES = (0.0, 0.25, 0.5, 0.75, 0.9)
#: Coverage of the stated intervals.
SWEEP_COVERAGE = 0.95
#: Sizes that a law needs at least: every law fits two.
SWEEP_LEAST_SIZES = 3
#: Confidence is never stated higher: the laws that were tried are not all there are.
SWEEP_MOST_CONFIDENT = 0.99
#: What is foretold where nobody says, in largest sizes.
SWEEP_FORETOLD = 10
#: Sizes above a threshold that are needed to say how it goes on.
SWEEP_ABOVE = 2
#: Bytes that tracing cannot tell from nothing: a call of an empty function shows 64, frames and arguments up to 300.
SWEEP_TRACED_FLOOR = 1024.0
#: Bytes of resident memory that cannot be told from nothing: small peaks fit into what the allocators hold free.
SWEEP_RESIDENT_FLOOR = 512.0 * 1024
#: Seconds that cannot be told from nothing: a call of an empty function took 5 to 30 µs after a collection.
SWEEP_SECONDS_FLOOR = 0.00003
#: Resident memory at the peak is not Python's from this multiple of Python's peak on. Freed blocks and full arenas
#: make it up to twice as large.
SWEEP_OUTSIDE = 3.0
#: What every further call of the largest size must have left to be kept by each call.
SWEEP_KEPT_OBJECTS = 1
SWEEP_KEPT_BYTES = 64
#: Bytes that must have stayed at the largest size to be worth a word: a few lazily made objects are less.
SWEEP_LEVEL_BYTES = 4096
#: What stayed for the largest size is gone after the smallest one, but for this part: the last call's alone is kept.
SWEEP_REPLACED = 0.5
#: Part of the peak of resident memory that stays without objects which is worth a word.
SWEEP_RETAINED = 0.5
#: Points of a law as a curve, and what lies just above a threshold.
SWEEP_LINE_POINTS = 60
SWEEP_JUST_ABOVE = 1.0001
#: Bytes a call outside the Python heap that are worth a finding: malloc's smallest block takes 32.
NATIVE_BYTES_RATE = 16.0
#: Calls that a part of a round must have to be compared with others. Parts with fewer are put together.
PART_CALLS = 20
#: Parts of the extra rounds that there must be, to say that each gained.
LEAST_PARTS = 4
#: How much of the middle rate of all parts the least of them must have. Of sound LanceDB workers, which gain 0.2 to
#: 1.1 MB of malloc in 151 calls and ever less, the least part has a tenth.
EVEN_PART = 0.5
#: And the most that a part may have of it; one part in six may have more (a table of the extension's that doubles).
UNEVEN_PART = 2.0
UNEVEN_SHARE = 1 / 6
#: The middle rate of the last round is that of the round before: what warms up so slowly that half of it has come after
#: 1,000 calls still loses 14 % from N to 2N.
NATIVE_FALLING = 0.92
NATIVE_RISING = 1.25
#: Memory outside the Python heap must be gained this many times faster than the control's readings scatter.
NOISE_FACTOR = 8
#: Bytes that growing objects do not account for are a cause of their own from this part of what they do account for on:
#: malloc rounds up, and what an object's size leaves out (its lock, the array of its attributes) is less.
NATIVE_BESIDE_OBJECTS = 0.5
#: A line is told as the birth of native memory with this part of all that was seen to stay.
CLEAR_VOTE = 0.6
#: A count that rises in the control, at this part of its rate, does not rise because of the calls.
ALSO_IN_CONTROL = 0.5
#: Memory that a pool keeps free is worth telling from here on…
KEPT_BYTES = 16 * 1024 * 1024
#: …when it is this part of what the process gained.
KEPT_SHARE = 0.5
#: Memory outside the Python heap names the domain of a cause when it is this many times what its objects take.
MOSTLY_NATIVE = 4.0
#: Rates of two runs differ when those of all their rounds after the first lie apart by this factor…
CHANGED_RATE = 1.25
#: …and their counts by more than so many standard deviations of counts at random. Of 2,000 pairs of equal leaks, of
#: 0.03 to 0.9 objects a call that come at random, watched for 10, 151 and 302 calls, 0.1 % were called changed, and
#: 1.6 % where they come 8 or 24 at once; the factor alone gave 1.4 %, and without the round of 10 calls up to 7 %.
CHANCE = 3.0
