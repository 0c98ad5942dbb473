"""Memory of a process that goes on answering questions."""

import gc


def settle() -> None:
    """Exempt every object that exists from garbage collection, for the rest of the process.

    To be called once libraries and models are loaded. They are some 200,000 objects, and each full
    collection that visits them holds up the question it falls into for 0.1 s or more.
    """
    gc.collect()
    gc.freeze()
