"""The words around an issue, which a publication may put in its own."""

from pydantic import BaseModel, ConfigDict, Field

from newsletter.model.text import Line


class Labels(BaseModel):
    """The words around an issue.

    `{weekday}` becomes the issue's weekday in small letters, `{Weekday}` the same with
    a capital, `{publication}` the publication's name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

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
