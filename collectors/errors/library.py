"""What keeps the library from working: its disk, its files, its index, its models, its helpers."""

from collectors.errors.root import ItemError, RunError


class StorageFull(RunError):
    """No room to write; nothing acknowledged was lost."""

    code = "storage-full"
    advice = "Free space on the library's disk and run the same command again."


class StorageRefused(RunError):
    """A file or folder of the library cannot be read or written, for another reason than room."""

    code = "storage-refused"
    advice = (
        "Check that the folder is yours and writable and its disk sound, then run the same command again."
    )


class RecordRefused(StorageRefused):
    """The database server lets us in, and does not let us read or write."""

    code = "record-refused"
    advice = "Ask whoever runs the database for the rights that docs/postgresql.md lists."


class RecordDown(RunError):
    """The database server cannot be reached, does not let us in, or went away."""

    code = "record-down"
    advice = (
        "Check MORIARTY_DATABASE_URL and the server, then run the same command again; "
        "nothing acknowledged is lost."
    )


class EvidenceDamaged(RunError):
    """A kept file does not match its digest."""

    code = "evidence-damaged"
    advice = "Restore the file from a backup; do not edit the evidence folder."


class IndexDamaged(RunError):
    """The search index cannot be read, or does not fit the record."""

    code = "index-damaged"
    advice = "Run `moriarty rebuild`: the record can make every card again."


class IndexMissing(IndexDamaged):
    """There is no search index, or another version or embedding model made it."""

    code = "index-missing"


class SearchDown(RunError):
    """The search server cannot be reached, is overloaded, refuses the key, or is something else."""

    code = "search-down"
    advice = "Check the MORIARTY_ELASTICSEARCH_ settings and the server; nothing is lost, it catches up."


class SearchFull(SearchDown):
    """The search server has no room to write; it still answers, without the newest changes."""

    code = "search-full"
    advice = "Free space on the Elasticsearch cluster; nothing is lost, the index catches up by itself."


class CardRefused(ItemError):
    """The search server takes all but this incident or report."""

    code = "card-refused"
    advice = "It is kept in the record and tried again at every refresh; report the reason if it stays."


class SandboxDown(RunError):
    """No process for the parsers can be started."""

    code = "sandbox-down"
    advice = "Free memory or end other programs and run the same command again; nothing is lost."


class LibraryBusy(RunError):
    """Another run holds the library."""

    code = "library-busy"
    advice = "Wait for the other run to end, or stop it."


class LibraryMissing(RunError):
    """There is no library to read where one was looked for."""

    code = "library-missing"
    advice = "Make one with `moriarty run` or `moriarty add`, or check --home and MORIARTY_HOME."


class LibraryNewer(RunError):
    """The library was written by a newer Moriarty."""

    code = "library-newer"
    advice = "Install the newer version; an older one must not write to this library."


class ModelRefused(RunError):
    """A model file is missing or is not the one expected."""

    code = "model-refused"
    advice = "Reinstall Moriarty; never replace model files by hand."


class ReleaseDamaged(ModelRefused):
    """The record of how a release came to be cannot be read, or lacks something."""

    code = "release-damaged"
    advice = "Restore the file from a backup, or delete the release's folder and run `moriarty retrain`."


class ReleaseOutdated(ModelRefused):
    """A release was learnt on other models than those this Moriarty brings."""

    code = "release-outdated"
    advice = "Run `moriarty retrain`."


class EmbedderMissing(ModelRefused):
    """The embedding model that the settings name is not on this machine, or cannot do what is asked."""

    code = "embedder-missing"
    advice = "Put its files where MORIARTY_EMBEDDER says, or unset that for the model Moriarty brings."
