"""The addresses of everything that writes: text, fields, pictures, new files."""

from starlette.routing import Route

from newsletter.web.studio import creating, fields, pictures, writing

_POST = ["POST"]

WRITING = [
    *(
        route
        for kind in ("issues", "roundtables")
        for route in (
            Route(f"/{kind}/{{name}}/write", writing.show),
            Route(f"/{kind}/{{name}}/write", writing.save, methods=_POST),
            Route(f"/{kind}/{{name}}/unsaved", writing.picture, methods=_POST),
            Route(f"/{kind}/{{name}}/text", writing.current),
            Route(f"/{kind}/{{name}}/differences", writing.differences, methods=_POST),
            Route(f"/{kind}/{{name}}/keep", writing.keep, methods=_POST),
            Route(f"/{kind}/{{name}}/pictures", pictures.add, methods=_POST),
        )
    ),
    Route("/issues/{name}/fields", fields.show, methods=_POST),
    Route("/issues/{name}/change", fields.change, methods=_POST),
    Route("/new/issue", creating.show),
    Route("/new/issue", creating.create, methods=_POST),
    Route("/new/roundtable", creating.show),
    Route("/new/roundtable", creating.create, methods=_POST),
]
