#!/bin/sh
# Build the native walker with AddressSanitizer and UndefinedBehaviorSanitizer, apart from the installed one, and walk
# nasty heaps with it: any report fails, and so does any difference from the walk in Python.
#
#     sh tests/agent/sanitize.sh [PYTHON]
set -u
cd "$(dirname "$0")/../.." || exit 1
python=${1:-python3}

skip() {
    echo "sanitize: skipped, $1"
    exit 0
}

command -v gcc >/dev/null || skip "there is no gcc"
asan=$(gcc -print-file-name=libasan.so)
ubsan=$(gcc -print-file-name=libubsan.so)
[ -e "$asan" ] && [ -e "$ubsan" ] || skip "gcc has no libasan or no libubsan"
include=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))') || exit 1
suffix=$("$python" -c 'import sysconfig; print(sysconfig.get_config_var("EXT_SUFFIX"))') || exit 1
[ -e "$include/Python.h" ] || skip "$python has no headers"
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' || skip "the walker is for Python 3.11 to 3.14"

folder=build/sanitize/$("$python" -c 'import sys; print(sys.implementation.cache_tag)')
rm -rf "$folder"
mkdir -p "$folder"
cp -r src/snapdiff "$folder/snapdiff"
rm -f "$folder"/snapdiff/agent/_walker*.so
"$python" -m compileall -q "$folder" # not in each of the runs below, which take three times as long for everything
# -fno-sanitize=function and the like are not gcc's; what is left complains about nothing in Python's headers.
gcc -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -fPIC -shared \
    -I"$include" src/walker/*.c -o "$folder/snapdiff/agent/_walker$suffix" || exit 1
gcc -w -O1 -g -fPIC -shared -I"$include" tests/programs/broken_types.c -o "$folder/broken_types.so" || exit 1

gcc -w -O1 -g -fPIC -shared -I"$include" tests/programs/raw_threads.c -o "$folder/raw_threads.so" -lpthread || exit 1

# The module must be the one that was built here; each allocation of Python's its own block, so that its end is known.
sanitized() {
    env PYTHONPATH="$folder" LD_PRELOAD="$asan $ubsan" PYTHONMALLOC=malloc PYTHONWARNINGS=ignore \
        ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1 \
        "$python" -X faulthandler "$@"
}

failed=0
report=$folder/report.txt

check() {
    expected=$1
    shift
    if sanitized "$@" >"$folder/out.txt" 2>"$report" && grep -q "$expected" "$folder/out.txt" &&
        ! grep -Eq 'Sanitizer|runtime error' "$report"; then
        echo "sanitize: fine: $*"
    else
        echo "sanitize: FAILED: $*"
        tail -q -n 3 "$folder/out.txt"; head -n 15 "$report"
        failed=1
    fi
}

walks() {
    check '"differences": 0,' tests/agent/compare_walks.py "$@"
}

check "$folder/snapdiff/agent/_walker" -c 'import snapdiff.agent._walker as walker; print(walker.__file__)'
nasty=tests/programs/nasty_heap.py
for function in collections_and_numbers attributes same_hash classes code contexts libraries modules half_made; do
    walks $nasty $function
done
walks $nasty untracked freeze
walks $nasty fake_arrays replace_libraries
walks $nasty deeper nest
for function in timers variable_per_call owner_replaced cached_under_a_property decorated_per_call bounded; do
    walks tests/programs/ways.py $function
done
walks tests/programs/hostile.py keep
if "$python" -c 'import numpy' 2>/dev/null; then
    walks $nasty arrays
    walks tests/programs/arrays.py view
    walks tests/programs/arrays.py objects
else
    echo "sanitize: skipped: arrays, there is no numpy"
fi
# The walk by path finds members that these types keep from the collector; only the census in Python does not.
check '"differences"' tests/agent/compare_walks.py tests/programs/broken_heap.py keep
check '"in_place": 10, "in_children": 10' tests/programs/busy_threads.py 10
check '"traced": 5' tests/programs/raw_threads.py child "$folder/raw_threads.so" 5
check '"traced": 5' tests/programs/raw_threads.py in-place "$folder/raw_threads.so" 5
exit $failed
