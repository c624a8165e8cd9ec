"""Settings and modes of subjects, contexts and everything: ask for them, change them, forget them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallystick import errors
from tallystick.registry.deleting import check_writable, purge
from tallystick.registry.log import Log
from tallystick.registry.model import Access, Event, ModeSet, SettingsSet
from tallystick.registry.names import beside, check_scope, normal
from tallystick.registry.settings import Settings, changed, read_settings
from tallystick.registry.state import State


class Configuration:
    """What a log says about subjects, beside their versions. The scope None is everything that has none of its own."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def settings(self, scope: str | None = None, *, or_global: bool = False) -> Settings:
        """Return the settings of a subject; `or_global` gives those that hold for it. LevelNotConfigured: it has none."""
        name = _scope(scope)
        with self._log.current() as state:
            if or_global or name is None:
                return state.settings_for(name)
            if name not in state.settings:
                raise errors.LevelNotConfigured(name)
            return state.settings[name]

    def scopes(self) -> list[str]:
        """Return all that has settings or a mode of its own: subjects, with versions or without, and contexts."""
        with self._log.current() as state:
            return sorted({scope for scope in (*state.settings, *state.modes) if scope is not None})

    def change(self, scope: str | None, body: Mapping[str, Any]) -> Settings:
        """Change the settings that a request names, of a subject that need not exist yet; return those."""
        name, request = _scope(scope), read_settings(body)

        def decide(state: State) -> tuple[list[Event], None]:
            check_writable(state, name)
            old = state.settings.get(name)
            new = changed(old, request)
            return [] if new == old else [SettingsSet(name, new)], None

        self._log.record(decide)
        return {name: value for name, value in request.items() if value is not None}

    def forget(self, scope: str | None) -> Settings:
        """Forget the settings of a subject; return what they were. SubjectNotFound: it has none."""
        name = _scope(scope)

        def decide(state: State) -> tuple[list[Event], Settings]:
            if name is not None and name not in state.settings:
                raise errors.SubjectNotFound(name)  # Confluent's answer; asking for them gets LevelNotConfigured
            check_writable(state, name)
            old = state.settings.get(name, state.settings_for(name))
            return [SettingsSet(name, None)] if name in state.settings else [], old

        return self._log.record(decide)

    def mode(self, scope: str | None = None, *, or_global: bool = False) -> Access:
        """Return the mode of a subject; `or_global` gives the one that it is in. ModeNotConfigured: it has none."""
        name = _scope(scope)
        with self._log.current() as state:
            holding = state.mode_for(name)
            if or_global or name is None or holding is Access.READONLY_OVERRIDE:
                return holding
            if name not in state.modes:
                raise errors.ModeNotConfigured(name)
            return state.modes[name]

    def set_mode(self, scope: str | None, mode: str, *, force: bool = False) -> Access:
        """Set the mode of a subject; return it. Importing starts with nothing, unless `force` says otherwise."""
        name = _scope(scope)
        if mode.upper() not in list(Access):
            raise errors.InvalidMode
        access = Access(mode.upper())

        def decide(state: State) -> tuple[list[Event], None]:
            events: list[Event] = [] if state.modes.get(name) is access else [ModeSet(name, access)]
            if access is Access.IMPORT and state.mode_for(name) is not access and not force:
                subjects = state.within(name)
                if any(state.versions(subject) for subject in subjects):
                    raise errors.NotPermitted("Cannot import since found existing subjects")
                events = [*purge(state, subjects), *events]
            return events, None

        self._log.record(decide)
        return access

    def forget_mode(self, scope: str | None, *, recursive: bool = False) -> Access:
        """Forget the mode of a subject, `recursive` with those of all subjects in it; return what it was.

        SubjectNotFound: it has none.
        """
        name = _scope(scope)

        def decide(state: State) -> tuple[list[Event], Access]:
            if name is not None and name not in state.modes and not recursive:
                raise errors.SubjectNotFound(name)
            old = state.modes.get(name, state.mode_for(name))
            inner = [subject for subject in state.within(name) if subject in state.modes] if recursive else []
            gone = [one for one in dict.fromkeys([name, *inner]) if one in state.modes]
            return [ModeSet(one, None) for one in gone], old

        return self._log.record(decide)

    @staticmethod
    def aliases(state: State) -> Mapping[str, list[str]]:
        """Return the other names of each subject that has such."""
        found: dict[str, list[str]] = {}
        for scope, settings in state.settings.items():
            if scope is not None and "alias" in settings:
                found.setdefault(beside(scope, settings["alias"]), []).append(scope)
        return found


def _scope(scope: str | None) -> str | None:
    return None if scope is None else check_scope(normal(scope))
