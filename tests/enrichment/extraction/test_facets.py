import re

import pytest

from enrichment.extraction.facets import LISTS, find
from enrichment.extraction.passage import Passage
from enrichment.extraction.phrases import load
from enrichment.records import Subject
from enrichment.typology import Typology


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
        ("A retired nurse near Perth lost her savings.", "adult_individual"),
        ("Intruders entered the networks of 40 hospitals and 30 companies.", "business"),
        ("The false story was viewed 40,000 times.", "general_public"),
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
        ("A 23-year-old student was arrested over the pictures.", "lone_offender"),
        ("The court sentenced a former teacher and a man.", "lone_offender"),
        ("Police arrested 17 people who ran the scam from a flat.", "organised_crime_group"),
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


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("A deepfake of the mayor spread.", {"video"}),
        ("Deepfakes spread.", {"video"}),
        ("Deepfakes in the voice of the mayor spread.", {"audio"}),
        ("The bot fell to prompt injection.", {"text"}),
        ("The portrait was GAN-generated.", {"image"}),
    ],
)
def test_the_kind_of_content_is_named_or_implied(text: str, modality: set[str]) -> None:
    assert values(text, Subject.MODALITY) == modality


def test_what_comes_late_in_a_long_text_is_of_other_matters() -> None:
    assert values("It rained. " * 400 + "The syndicate ran it.", Subject.ACTOR_TYPE) == set()


def test_what_is_denied_is_not_named() -> None:
    assert values("There was no phone call and no sign of a syndicate.", Subject.CHANNEL) == set()


def test_a_capability_says_what_kind_of_content_it_makes() -> None:
    assert values("They used voice cloning.", Subject.MODALITY) == {"audio"}
    assert values("A tool wrote the malware with ChatGPT.", Subject.MODALITY) >= {"code"}
    typology = Typology.load()
    made = {kind for entry in load("capability") for kind in entry.get("modality", ())}
    assert made <= set(typology.facet_values(Subject.MODALITY.value))


def test_a_weak_sign_counts_where_there_is_no_other() -> None:
    assert values("A 30-year-old man was jailed.", Subject.ACTOR_TYPE) == {"lone_offender"}
    assert values("A 30-year-old man was jailed. He was an extremist.", Subject.ACTOR_TYPE) == {
        "extremist_or_terrorist"
    }


def test_words_that_name_nothing_hide_others() -> None:
    assert values("His email address was known.", Subject.CHANNEL) == set()
    assert values("Threat actors spread fake video of the market.", Subject.VICTIM_TYPE) == {"general_public"}


def test_a_common_word_counts_only_near_those_it_needs_and_far_from_those_it_must_not_meet() -> None:
    assert values("The fake picture spread.", Subject.VICTIM_TYPE) == {"general_public"}
    assert values("The fake nude picture spread.", Subject.VICTIM_TYPE) == set()
    assert values("The rumour spread.", Subject.VICTIM_TYPE) == set()


@pytest.mark.parametrize(
    ("text", "capability"),
    [
        ("A recording in which the mayor's voice had been copied.", "voice_cloning"),
        ("The clip was AI-generated.", "full_video_synthesis"),
        ("He joined a video call in which everybody else was a deepfake.", "live_deepfake"),
        ("They placed her face on pornographic films.", "face_swap"),
        ("The picture had been made with Midjourney.", "image_generation"),
        ("An app strips clothes from pictures.", "image_editing_nudification"),
        ("A language model wrote the emails.", "text_generation"),
        ("A chatbot answered them.", "conversational_agent"),
        ("He had a chatbot write ransomware.", "code_generation"),
        ("They fooled the bank's face check.", "biometric_matching"),
        ("It sold a trading robot that did not exist.", "none_fake_ai"),
    ],
)
def test_the_capability_is_named(text: str, capability: str) -> None:
    assert capability in values(text, Subject.CAPABILITY)


def test_every_list_of_words_is_used_and_none_is_missing() -> None:
    entries = [entry for name in (*LISTS.values(), "tools") for entry in load(name)] + [
        entry for group in load("organisations") for entry in group["entries"] if isinstance(entry, dict)
    ]
    texts = [
        phrase
        for entry in entries
        for listing in ("aliases", "likely", "needs", "unless", "forms")
        for phrase in entry.get(listing, ())
    ]
    assert {name for text in texts for name in re.findall(r"<([a-z_]+)>", text)} == load("words").keys()


@pytest.mark.parametrize(
    ("text", "facet", "value"),
    [
        ("Police arrested three pupils aged 14 to 16 over the theft.", Subject.VICTIM_TYPE, "child"),
        ("A candidate for the job used a deepfake.", Subject.VICTIM_TYPE, "child"),
        ("Many people were paid to open accounts worth $9,000.", Subject.VICTIM_TYPE, "adult_individual"),
        ("The White House chief of staff was impersonated.", Subject.VICTIM_TYPE, "business"),
        ("State-sponsored hackers sent phishing emails.", Subject.ACTOR_TYPE, "cybercriminal"),
        ("A soldier faces charges of making pornography.", Subject.CAPABILITY, "face_swap"),
        ("A voice was cloned from YouTube footage.", Subject.CHANNEL, "social_media"),
        ("On the video call the caller had another face.", Subject.CHANNEL, "phone_call"),
        ("Hostile words would help his platform.", Subject.CHANNEL, "website_or_shop"),
    ],
)
def test_words_of_another_matter_name_no_value(text: str, facet: Subject, value: str) -> None:
    assert value not in values(text, facet)
