"""What usually cures each kind of leak, in one to three sentences. `{kind}` stands for the container's type."""

from __future__ import annotations

from typing import Final

CYCLE: Final = (
    "Nothing has to be released: the collector frees these. If it comes too late for the memory at hand, "
    "break the cycle (a weakref for the way back to the parent) or call gc.collect() after the large "
    "step."
)
UNKNOWN: Final = (
    "Walk the chain from the top: the last name before the survivor is the one that should forget. Give "
    "each thing that is added a moment at which it is removed, and make that moment part of the same "
    "function."
)
INCONCLUSIVE: Final = "Record again with more calls in the last round (--rounds), on a quiet machine."

DOMAINS: Final[dict[str, str]] = {
    "native": (
        "The memory was taken in C, C++ or Rust by what the allocating line calls, and nothing in Python holds it. "
        "Give back what the call returned: close() it, use a with block, clear the pool. Where there is nothing to "
        "give back, call the extension alone in a loop, try its newest version, and report it with these "
        "numbers."
    ),
    "arrow": (
        "Arrow counts only buffers that are in use, not what its pool keeps for later, and a buffer lives as "
        "long as any table, batch or slice of it. Drop the slices, or copy the small part that is kept "
        "(table.take(), pyarrow.concat_arrays()) and let the whole go."
    ),
    "fd": (
        "Open the file, socket or pipe in a with block, or close it in the finally of the same function, so "
        "that it is closed on every way out. What is kept in a collection wants close() when it is taken out."
    ),
    "thread": (
        "Tell the thread that its work is over (set the event, or put the end mark that it waits for) and "
        "join() it; shut its executor down, or keep one pool for the life of the process."
    ),
    "task": (
        "Await or cancel each task when its work is over, put a limit on what it waits for "
        "(asyncio.timeout()), and keep tasks in a set that discards them in a done callback."
    ),
    "process": (
        "Wait for each child (wait(), communicate(), join()), also when its result does not matter: until then "
        "the system keeps what is left of it. Close its pipes too; subprocess.run() does both."
    ),
}

NO_LINE: Final = (
    "The memory was taken in C, C++ or Rust, nothing in Python holds it, and no line was seen to allocate most of "
    "it. Record parts of the workload alone until one shows it, and give back what that returns (close(), a with "
    "block); or report it to the extension with these numbers."
)
LOST: Final = (
    "An extension took a reference and never gave it back, so nothing can free this memory. The extension "
    "that is called at the allocating line is where to look (a missing Py_DECREF or free()); try its "
    "newest version, call it alone in a loop, and report it with these numbers."
)
NATIVE: Final = (
    "No Python code can let go of these: C, C++ or Rust holds them. Look at the extension that is called "
    "near the line at which they are born: an object of it that wants close(), a callback to unregister, "
    "an error that it keeps. Try its newest version, or report it with these numbers."
)
MODULES: Final = (
    "sys.modules keeps every module for as long as the process lives. Load it under one name, so that the "
    "new one takes the place of the old one, or `del sys.modules[name]` when it is replaced; code that is "
    "only run once can go through exec() with a dict of its own."
)
WARNINGS: Final = (
    "Each simplefilter() or filterwarnings() with new arguments adds an entry that stays. Set the filters "
    "once, when the program starts, or inside `with warnings.catch_warnings():`, which restores them."
)
WARNED: Final = (
    "Each warning whose text is new leaves an entry here that stays, filtered or not. Leave what varies (a name, "
    "a number) out of the text, or log it instead."
)
FINALIZE: Final = (
    "A weakref.finalize stays registered until its object dies, and keeps its callback and arguments. The "
    "object here outlives the calls: keep the finalizer and call it, or its detach(), when the work is "
    "done, or tie it to an object that lives only as long as the work."
)
ATEXIT: Final = (
    "A function registered with atexit, and the object it is bound to, stays until the process ends. "
    "Register one function once that goes over a weakref.WeakSet of what is still open, or call "
    "atexit.unregister() when the work is done."
)
LOGGERS: Final = (
    "A logger lives as long as the process, so names that hold an id never end. Use one logger a module "
    "(getLogger(__name__)) and put what changes into the message, `extra=` or a LoggerAdapter."
)
HANDLERS: Final = (
    "A handler is added with each call, and the logger keeps it. Add it once, when the program starts, or "
    "in a finally take it out again with removeHandler() and close() it."
)
LRU: Final = (
    "A cache without maxsize never forgets. Bound the cache: lru_cache(maxsize=…), and leave out of its "
    "arguments what is new in every call."
)
LRU_METHOD: Final = (
    "Bound the cache: lru_cache(maxsize=…). On a method it keeps self alive, with every argument: cache "
    "on the instance instead (functools.cached_property, or a dict that is made in __init__), so that the "
    "cache dies with it."
)
CONTEXT: Final = (
    "A context variable keeps its value as long as its context. Give it back with reset(token) in a "
    "finally, and do not set a value that contains the one before it, which only gets longer."
)
THREAD_LOCAL: Final = (
    "A thread-local lives as long as its thread: the main thread, and those of a pool, never end. Empty "
    "it or `del` the attribute in a finally at the end of each call."
)
FUTURE: Final = (
    "A future or event that is not done keeps every callback that was added, each with its context and "
    "arguments. Take it out with remove_done_callback() when the work is done, or register one callback "
    "once."
)
TASKS: Final = (
    "These tasks wait for something that does not come. Put a limit on the wait (asyncio.timeout()), "
    "cancel and await them when their work is over, and keep them in a set with "
    "add_done_callback(set.discard)."
)
QUEUE: Final = (
    "More is put into the queue than is taken out. See that its consumer runs, and give it a limit "
    "(Queue(maxsize=…)), so that a producer waits or fails instead."
)
DEQUE: Final = "Give the deque a maxlen, or make sure that what fills it is also emptied by someone."
GENERATORS: Final = (
    "A suspended generator or coroutine keeps its frame and all its local variables. Read it to its end, "
    "close() it (with contextlib.closing), or do not keep it."
)
IN_GENERATOR: Final = (
    "The {kind} is a local variable of a generator or coroutine that never ends. Keep only the last ones "
    "there (collections.deque with maxlen) or running totals, or close() it and start a new one."
)
FRAME: Final = (
    "The {kind} is a local variable of a function that is still running, as the loop of a thread is. Hand "
    "on what it collected and empty it there: by number, by time, or when it is asked to."
)
CLOSURE: Final = (
    "The {kind} is a variable that an inner function closes over, and lives as long as that function. "
    "Bound it, clear it where its work ends, or pass it in as an argument so that the caller owns it."
)
DEFAULT: Final = (
    "A mutable default argument is made once and lives as long as the function. Use None as the default "
    "and make the object inside; if it is a memory on purpose, bound it."
)
TRACEBACK: Final = (
    "A stored exception keeps its traceback, and that keeps every local variable of every frame. Keep its "
    "text (str(error), traceback.format_exception), or clear it with error.with_traceback(None) before "
    "keeping it."
)
CLASSES: Final = (
    "A class is made in every call: type(), namedtuple(), a class statement in a function. Make each "
    "class once and use it again (a bounded cache by what it is made from); a registry of classes wants a "
    "weakref.WeakSet."
)
TEXT: Final = (
    "One {kind} that only gets longer. Write out what it holds (a file, a log) and start a new one, or "
    "keep only its end."
)
STREAM: Final = (
    "One {kind} that is only written to. Make a new one for each piece of work, or empty it when its "
    "content was used: seek(0) and truncate()."
)
LINKED: Final = (
    "Each new one links to the one before, and nothing unlinks them. Cut the tail off at a length, unlink "
    "what is done, or keep the last ones in a collections.deque with maxlen; clearing the one name at the "
    "top frees all."
)
ATTRIBUTES: Final = (
    "Each call sets an attribute with a new name (setattr) on one object that lives on. Keep such things "
    "in a dict that is bounded or emptied, or delattr() them when their work is done."
)
CALLBACKS: Final = (
    "Each registration wants its deregistration. Register once, or unregister in the finally of the same "
    "function; a weakref.WeakSet of the objects that listen forgets those that die."
)
WEAK: Final = (
    "A weak collection forgets an entry when its object dies, so something else keeps these objects "
    "alive: mend that first (another cause on this page, or a strong reference from the value back to its "
    "key)."
)
GLOBAL_MAPPING: Final = (
    "This {kind} lives as long as the process, and so does every entry of it. Remove the entry when its "
    "work is done, bound it (drop the oldest beyond a maximum), or use weakref.WeakValueDictionary if it "
    "is only an index of things that others own."
)
GLOBAL_SEQUENCE: Final = (
    "This {kind} lives as long as the process, and so does everything in it. Take things out when they "
    "are done, keep only the last ones (collections.deque with maxlen), or keep it in the caller."
)
INSTANCE: Final = (
    "The object that owns this {kind} outlives the calls. Clear it at the end of each call, bound it, or "
    "keep what a call needs in local variables."
)
