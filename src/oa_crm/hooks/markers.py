"""The pluggy markers. `hookimpl` is what plugin authors put on a method; `hookspec` is ours."""

import pluggy

PROJECT = "oa_crm"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
