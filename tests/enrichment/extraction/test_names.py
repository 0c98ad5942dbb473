import pytest

from enrichment.extraction.names import developer, find, organisation
from enrichment.extraction.phrases import Passage, load
from enrichment.records import Subject


def names(text: str, subject: Subject) -> set[str]:
    return {fact.value for fact in find((Passage(text),)) if fact.subject is subject}


@pytest.mark.parametrize(
    ("text", "tool"),
    [
        ("He used stable diffusion.", "Stable Diffusion"),
        ("Made with Dall-E 3.", "DALL-E"),
        ("Claude Code ran the campaign.", "Claude Code"),
        ("The model Claude was asked.", "Claude"),
        ("A voice from Eleven Labs.", "ElevenLabs"),
        ("On Character.AI a bot answered.", "Character.AI"),
        ("The chatbot Grok replied.", "Grok"),
    ],
)
def test_tools_are_known_by_their_aliases(text: str, tool: str) -> None:
    assert tool in names(text, Subject.TOOL)


@pytest.mark.parametrize(
    "text",
    [
        "Jean-Claude Petit, an AI expert, spoke.",
        "Claude Dubois talked about an AI model.",
        "The Gemini constellation rose.",
        "They walked down the runway.",
        "Her name was Alexa.",
    ],
)
def test_people_and_ordinary_words_are_no_tools(text: str) -> None:
    assert names(text, Subject.TOOL) == set()


@pytest.mark.parametrize(
    ("text", "platforms"),
    [
        ("It spread on X and Facebook.", {"X", "Facebook"}),
        ("An X-ray was made in generation X.", set()),
        ("They met on Zoom for a video meeting.", {"Zoom"}),
        ("Zoom in on the picture.", set()),
        ("There was a sign of discord.", set()),
        ("A Discord server was used.", {"Discord"}),
        ("Sold over Telegram app groups on the dark web.", {"Telegram", "dark web"}),
    ],
)
def test_platforms_need_their_context(text: str, platforms: set[str]) -> None:
    assert names(text, Subject.PLATFORM) == platforms


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("metropolitan-police-service", "Metropolitan Police Service"),
        ("Met Police", "Metropolitan Police Service"),
        ("openai", "OpenAI"),
        ("meta", "Meta"),
        ("x-(twitter)", "X"),
        ("FBI", "Federal Bureau of Investigation"),
        ("uk-home-office", "Home Office"),
        ("department-for-work-and-pensions-(dwp)", "Department for Work and Pensions"),
        ("jefferson-parish-sheriff's-office", "Jefferson Parish Sheriff's Office"),
        ("university-of-nowhere", "University of Nowhere"),
        ("Example Robotics Ltd", "Example Robotics Ltd"),
    ],
)
def test_an_organisation_has_one_name(given: str, name: str) -> None:
    assert organisation(given) == name


@pytest.mark.parametrize(
    "given",
    [
        "jane-example",
        "facebook-users",
        "tesla-drivers",
        "unknown-scammers",
        "general-public-of-kenya",
        "students",
        "",
    ],
)
def test_what_may_be_a_person_or_a_crowd_is_no_organisation(given: str) -> None:
    assert organisation(given) is None


def test_the_developer_of_a_known_tool_is_told() -> None:
    assert developer("ChatGPT") == "OpenAI"
    assert developer("WormGPT") is None


def test_a_person_is_never_among_the_findings() -> None:
    assert find((Passage("Jane Example of Exampleton told John Sample about it."),)) == []


@pytest.mark.parametrize("listing", ["tools", "platforms", "organisations"])
def test_no_alias_stands_for_two_names(listing: str) -> None:
    entries = load(listing)
    if listing == "organisations":
        entries = [entry for group in entries for entry in group["entries"]]
    meant: dict[str, str] = {}
    for entry in [{"name": one} if isinstance(one, str) else one for one in entries]:
        for alias in {entry["name"], *entry.get("aliases", []), *entry.get("doubtful", [])}:
            assert meant.setdefault(alias, entry["name"]) == entry["name"], alias


@pytest.mark.parametrize(
    ("text", "subject", "name"),
    [
        ("Met detectives arrested a man.", Subject.ORGANISATION, "Metropolitan Police Service"),
        ("Detectives from the Met said so.", Subject.ORGANISATION, "Metropolitan Police Service"),
        ("The US SEC sued.", Subject.ORGANISATION, "US Securities and Exchange Commission"),
        ("OpenAI's chatbot wrote it.", Subject.TOOL, "ChatGPT"),
        ("Anthropic’s AI model was misused.", Subject.TOOL, "Claude"),
        ("Elon Musk's chatbot drew it.", Subject.TOOL, "Grok"),
        ("X removed the clip.", Subject.PLATFORM, "X"),
        ("It was on Twitter.", Subject.PLATFORM, "X"),
    ],
)
def test_one_thing_has_one_name_whatever_a_text_calls_it(text: str, subject: Subject, name: str) -> None:
    assert names(text, subject) == {name}


def test_the_maker_inside_a_product_s_name_is_no_organisation() -> None:
    assert names("They met on Microsoft Teams.", Subject.ORGANISATION) == set()
    assert names("Microsoft's Copilot wrote it.", Subject.ORGANISATION) == {"Microsoft"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("He was jailed at Stoke-on-Trent Crown Court.", "Stoke-on-Trent Crown Court"),
        ("In Tokyo District Court he said so.", "Tokyo District Court"),
        ("The Michigan State Police called.", "Michigan State Police"),
        ("Ofcom fined Itai Tech Ltd again.", "Itai Tech Ltd"),
        ("Larkfield Insurance paid in full.", "Larkfield Insurance"),
        ("The Port Maritime Security Agency wrote to crews.", "Port Maritime Security Agency"),
        ("Doctors at Saint Odo Teaching Hospital were imitated.", "Saint Odo Teaching Hospital"),
        ("A note by Quillet Labs warns of it.", "Quillet Labs"),
        (
            "The Ministry of Post and Telecommunications condemned it.",
            "Ministry of Post and Telecommunications",
        ),
        ("Staff of the Department of Education's office paid.", "Department of Education"),
    ],
)
def test_an_organisation_on_no_list_is_found_by_its_first_or_last_words(text: str, name: str) -> None:
    assert name in names(text, Subject.ORGANISATION)


def test_no_school_and_no_person_is_found_by_the_form_of_a_name() -> None:
    text = (
        "Jane Porter, a pupil of Hillside High School, spoke to Police Constable Adam Reed. National "
        "Insurance and Travel Insurance were not due."
    )
    assert names(text, Subject.ORGANISATION) == set()


@pytest.mark.parametrize("name", ["DeepSeek", "MiniMax"])
def test_a_product_named_as_its_maker_is_one_or_the_other(name: str) -> None:
    made = f"He wrote it with {name}."
    assert (names(made, Subject.TOOL), names(made, Subject.ORGANISATION)) == ({name}, set())
    acted = f"The AI firms Anthropic and {name} fell out."
    assert name in names(acted, Subject.ORGANISATION) - names(acted, Subject.TOOL)


@pytest.mark.parametrize(
    "text", ["John Deloitte paid.", "Laura Ferrari lost her voice.", "Arup Roy was jailed."]
)
def test_nobodys_surname_is_an_organisation(text: str) -> None:
    assert names(text, Subject.ORGANISATION) == set()


@pytest.mark.parametrize(
    ("text", "organisations"),
    [
        (
            "The Independent Office for Police Conduct took the file.",
            {"Independent Office for Police Conduct"},
        ),
        (
            "The Independent Review Panel met, The Independent reports.",
            {"Independent Review Panel", "The Independent"},
        ),
        ("Turku-based Orlin Foods Ltd paid.", {"Orlin Foods Ltd"}),
        ("The University of Turku and Orlin Foods Ltd paid.", {"University of Turku", "Orlin Foods Ltd"}),
        ("The Department of Science and Technology paid.", {"Department of Science and Technology"}),
        ("Orlin, a family brewery in Turku, paid.", {"Orlin"}),
        ("Tornway Mills, a carpet maker, was cheated.", {"Tornway Mills"}),
        ("Petra Holm, a clerk at a brewery, was cheated.", set()),
        ("Peter Holm, a bank manager, was cheated.", set()),
        ("On Monday, a company in Turku was cheated.", set()),
        ("A clerk in Turku, a company town, was cheated.", set()),
        (
            "Health Canada and the MHRA warned.",
            {"Health Canada", "Medicines and Healthcare products Regulatory Agency"},
        ),
    ],
)
def test_an_organisation_keeps_its_own_name_and_no_more(text: str, organisations: set[str]) -> None:
    assert names(text, Subject.ORGANISATION) == organisations
