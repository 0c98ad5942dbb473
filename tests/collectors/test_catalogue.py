"""Sources are well described, or the file and the field at fault are named."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from collectors import catalogue
from collectors.errors import SourceRefused

GOOD = """
title = "Fictional news"
publisher = "Fictional Police"
url = "https://police.example/feed"
kind = "feed"
"""


def write(folder: Path, text: str, name: str = "fictional-news.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_bundled_catalogue_is_well_described() -> None:
    sources = catalogue.load()
    assert list(sources) == sorted(sources)
    assert len(sources) >= 25
    assert sum(source.enabled for source in sources.values()) >= 25
    for key, source in sources.items():
        assert key == source.key
        assert source.address_mark in {"V", "C"}, key
        assert source.licence != "unknown" or key == "drop-folder"
        assert source.reliability in {"official", "vendor", "press", "research", "curated", "unrated"}
        assert re.fullmatch(r"[A-Z]{2,4}(-[A-Z]{3})?", source.territory)


def test_every_enabled_source_of_the_network_has_an_https_address_of_its_own() -> None:
    fetched = [s for s in catalogue.load().values() if s.kind in {"feed", "listing"} and s.enabled]
    assert all(urlsplit(source.url).scheme == "https" for source in fetched)
    assert len({source.url for source in fetched}) == len(fetched)


def test_sources_whose_terms_need_acceptance_are_off() -> None:
    sources = catalogue.load()
    assert not any(sources[key].enabled for key in ("find-case-law", "google-news", "guardian"))


def test_texts_of_third_parties_do_not_leave() -> None:
    sources = catalogue.load()
    assert sources["aiid"].republish
    assert not sources["aiid-reports"].republish
    assert not any(s.republish for s in sources.values() if s.reliability in {"press", "vendor", "unrated"})


def test_the_file_name_is_the_key(tmp_path: Path) -> None:
    sources = catalogue.load(write(tmp_path, GOOD))
    assert sources["fictional-news"].key == "fictional-news"
    assert sources["fictional-news"].gap_seconds == 2.0
    assert set(sources) == {*catalogue.load(), "fictional-news"}


def test_an_operator_changes_only_the_fields_stated(tmp_path: Path) -> None:
    before = catalogue.load()["find-case-law"]
    after = catalogue.load(write(tmp_path, "enabled = true\n", "find-case-law.toml"))["find-case-law"]
    assert not before.enabled
    assert after == before.model_copy(update={"enabled": True})


def test_a_folder_that_is_not_there_holds_no_sources(tmp_path: Path) -> None:
    assert catalogue.load(tmp_path / "absent") == catalogue.load()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("title = ", "TOML"),
        (GOOD.replace('kind = "feed"', ""), "kind"),
        (GOOD + "gap_seconds = -1.0", "gap_seconds"),
        (GOOD + 'gap_seconds = "2"', "gap_seconds"),
        (GOOD + 'colour = "red"', "colour"),
        (GOOD + 'key = "other"', "key"),
        (GOOD.replace("feed", "telepathy"), "kind"),
        (GOOD + "enabled = false", "disabled_reason"),
        (GOOD.replace('"feed"', '"listing"'), "link_pattern"),
        (GOOD + "link_pattern = '/a(b'", "link_pattern"),
        (GOOD + "link_pattern = '(/a+)+b'", "link_pattern"),
        (GOOD + f"link_pattern = '{'a' * 201}'", "link_pattern"),
    ],
)
def test_a_fault_names_the_file_and_the_field(tmp_path: Path, text: str, field: str) -> None:
    with pytest.raises(SourceRefused, match=rf"fictional-news\.toml: .*{field}"):
        catalogue.load(write(tmp_path, text))


def test_what_cannot_be_opened_is_named_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "odd.toml").mkdir()
    with pytest.raises(SourceRefused) as refused:
        catalogue.load(tmp_path)
    assert str(refused.value) == "odd.toml: cannot be opened: Is a directory"


def test_a_source_without_a_reader_may_be_listed_while_it_is_off(tmp_path: Path) -> None:
    text = GOOD.replace("feed", "json_api") + 'enabled = false\ndisabled_reason = "No reader."'
    assert not catalogue.load(write(tmp_path, text))["fictional-news"].enabled
