"""Memory of a process that goes on answering questions."""

import gc

from index.library import Library

FIRST_QUESTION = "deepfake fraud zqxjvkw"
"""A question with a word that no report has, so that answering it takes the dictionaries too."""


def settle(library: Library) -> None:
    """Load what answers take, and exempt it from garbage collection for the rest of the process.

    A question that nobody asked, and that leaves no audit entry, loads models, dictionaries and index: else
    the first that somebody asks waits for them. They are some 200,000 objects, and each full collection that
    visits them holds up the question it falls into for 0.1 s or more.
    """
    library.holdings.finder.search(library.parse(FIRST_QUESTION))
    gc.collect()
    gc.freeze()
