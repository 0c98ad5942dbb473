import pytest

from enrichment.facets import find
from enrichment.phrases import Passage
from enrichment.records import Subject


def values(text: str, subject: Subject) -> set[str]:
    found = [fact for fact in find((Passage(text),)) if fact.subject is subject]
    assert all(text[fact.start : fact.end] == fact.quote for fact in found)
    return {fact.value for fact in found}


@pytest.mark.parametrize(
    ("text", "victim"),
    [
        ("Fake nudes of schoolgirls were passed round.", "child"),
        ("A pensioner paid £8,000.", "older_or_vulnerable_adult"),
        ("A finance worker at a multinational paid.", "business"),
        ("A company lost £3 million.", "business"),
        ("The bank manager was fooled.", "financial_institution"),
        ("A deepfake of the prime minister spread.", "public_figure"),
        ("A woman was tricked into sending money.", "adult_individual"),
    ],
)
def test_the_kind_of_victim_is_named(text: str, victim: str) -> None:
    assert victim in values(text, Subject.VICTIM_TYPE)


def test_common_words_name_no_victim_by_themselves() -> None:
    assert values("The company opened a school. A woman runs it.", Subject.VICTIM_TYPE) == set()


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("A state-sponsored group used it.", "state_linked"),
        ("The syndicate ran it.", "organised_crime_group"),
        ("A call centre in Tbilisi rang them.", "scam_centre"),
        ("A former employee made it.", "insider"),
        ("A 27-year-old man pleaded guilty.", "lone_offender"),
    ],
)
def test_the_kind_of_offender_is_named(text: str, actor: str) -> None:
    assert actor in values(text, Subject.ACTOR_TYPE)


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("He got a phone call.", "phone_call"),
        ("They met on Zoom in a video call.", "video_call"),
        ("A WhatsApp message came.", "messaging_app"),
        ("An email asked for it.", "email_sms"),
        ("It spread on Facebook.", "social_media"),
        ("They met on a dating app.", "dating_or_companion_app"),
        ("It was sold on the dark web.", "dark_web_or_forum"),
    ],
)
def test_the_channel_is_named(text: str, channel: str) -> None:
    assert channel in values(text, Subject.CHANNEL)


def test_what_is_denied_is_not_named() -> None:
    assert values("There was no phone call and no sign of a syndicate.", Subject.CHANNEL) == set()
