"""The words around an issue, which a publication may put in its own."""

from pydantic import BaseModel, ConfigDict, Field

from newsletter.model.text import Line


class Labels(BaseModel):
    """The words around an issue.

    `{weekday}` becomes the issue's weekday in small letters, `{Weekday}` the same with
    a capital, `{publication}` the publication's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    issue: Line = Field("issue {number}", description="The issue's number.")
    my_2_cents: Line = Field("my 2 cents", description="Opinion column.")
    tldr: Line = Field("TLDR: synopsis", description="Summary box.")
    music: Line = Field("music for your {weekday}", description="Music pick.")
    listen: Line = Field("listen on {service}", description="Link to the music.")
    roundtable: Line = Field("expert roundtable", description="Featured roundtable.")
    read_roundtable: Line = Field(
        "read the roundtable", description="Link to its page."
    )
    watch_interview: Line = Field("watch the full interview", description="Link.")
    consensus: Line = Field("panel consensus", description="The panel's consensus.")
    signals: Line = Field("hiring signals from the loop", description="Signals.")
    hire: Line = Field("reason to hire", description="An expert's reason to hire.")
    concern: Line = Field("concern", description="An expert's concern.")
    reply: Line = Field(
        "[hit reply] and tell me what you think. i read every one.",
        description="The line that asks for an answer; what is in brackets is the "
        "link.",
    )
    share: Line = Field(
        "know somebody who would like this?", description="In front of the next two."
    )
    forward: Line = Field("forward it by mail", description="Link that starts a mail.")
    page_link: Line = Field(
        "the page to share", description="Link to the issue's page."
    )
    all_issues: Line = Field("all issues", description="Archive heading, and link.")
    why: Line = Field(
        "you get this because you signed up for {publication}.",
        description="Why the reader gets this mail.",
    )
    view_in_browser: Line = Field("read it in your browser", description="Footer link.")
    preferences: Line = Field("change what you get", description="Footer link.")
    unsubscribe: Line = Field("unsubscribe", description="Footer link.")
    minutes: Line = Field("{minutes} min read", description="Reading time.")
    footnotes: Line = Field("notes", description="Heading over footnotes.")
    back: Line = Field(
        "back to the text", description="What a note's arrow says to a screen reader."
    )
    skip: Line = Field("skip to the text", description="First link of every page.")
    menu: Line = Field("site", description="What the menu is called when read out.")
    latest: Line = Field("latest issue", description="Over the newest issue.")
    recent: Line = Field("recent issues", description="Over those before it.")
    roundtables: Line = Field("roundtables", description="Heading, and link.")
    all_roundtables: Line = Field("all roundtables", description="Link.")
    other_roundtables: Line = Field(
        "on other things", description="Over those without a competency."
    )
    music_list: Line = Field(
        "every {weekday}’s pick", description="All music picks; the newest's weekday."
    )
    music_menu: Line = Field("music", description="Link to them.")
    play: Line = Field("play it here", description="Loads the service's player.")
    tags: Line = Field("tags", description="Heading, and link.")
    about: Line = Field("about", description="Heading, and link.")
    what_this_is: Line = Field("what this is", description="On the front page.")
    feeds: Line = Field("feeds", description="Over the links to the feeds.")
    contents: Line = Field("in this issue", description="Contents of a long issue.")
    neighbours: Line = Field(
        "issues before and after", description="What these links are when read out."
    )
    previous: Line = Field("previous", description="The issue before.")
    next: Line = Field("next", description="The issue after.")
    newer: Line = Field("newer", description="The page before, in a list.")
    older: Line = Field("older", description="The page after, in a list.")
    page: Line = Field("page {number} of {count}", description="Which page of a list.")
    nothing_yet: Line = Field("nothing has come out yet.", description="Empty list.")
    missing: Line = Field("there is no such page", description="Heading of the 404.")
    missing_text: Line = Field(
        "it has moved, or the address has a letter wrong.", description="Its text."
    )
    search: Line = Field("search", description="Heading, button and link.")
    search_field: Line = Field(
        "what are you looking for?", description="Over the field."
    )
    search_found: Line = Field("{count} found", description="How many are shown.")
    search_nothing: Line = Field(
        "nothing has all of these words.", description="When there are none."
    )
    search_unscripted: Line = Field(
        "searching needs JavaScript. everything there is to read:",
        description="Over the links that are there without it.",
    )
    panel: Line = Field(
        "{count} experts discuss this interview", description="Over the panel."
    )
    replying_to: Line = Field("replying to", description="Before who is answered.")
    remark_link: Line = Field(
        "link to this remark of {name}", description="What its # is when read out."
    )
    share_remark: Line = Field("share", description="Link to a remark's own page.")
    whole_roundtable: Line = Field(
        "read it in the roundtable", description="Link from a remark's own page."
    )
    who_answers: Line = Field("who answers whom", description="Over the picture.")
    answers: Line = Field(
        "{name} answers {names}.", description="What the picture says when read out."
    )
    answers_key: Line = Field(
        "the thicker the arrow, the more often.", description="Below the picture."
    )
    show_as: Line = Field("show as", description="Over the next two, when read out.")
    as_cards: Line = Field("cards", description="How signals are shown.")
    as_table: Line = Field("table", description="How signals are shown.")
    featured_in: Line = Field("read more in", description="Over a roundtable's issues.")
    more_roundtables: Line = Field(
        "more on {competency}", description="What these links are when read out."
    )
    experts: Line = Field("experts", description="Heading, and link.")
    expert: Line = Field("expert", description="Over an expert's name.")
    remarks: Line = Field("remarks: {count}", description="How many an expert made.")
    in_roundtables: Line = Field(
        "roundtables: {count}", description="In how many they were."
    )
    website: Line = Field("website", description="Link to an expert's own.")
