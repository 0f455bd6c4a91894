"""Which commit, branch and machine a run is of: said by the CI service, else by git. Asked quietly; None is unknown."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from snapdiff.analysis.past import Origin

#: Seconds that git may take: longer on a network file system, and a job must not hang for a name.
_PATIENCE: Final = 10


@dataclass(frozen=True)
class _Service:
    """A CI service, and the variables in which it says these things, the best first."""

    name: str
    mark: str
    """The variable that is set where it runs."""
    commit: tuple[str, ...]
    branch: tuple[str, ...]
    machine: tuple[str, ...]


#: Variables of jobs for pull requests come first: the others name a merge that is made for the job alone. GitHub names
#: no other commit.
_SERVICES: Final = (
    _Service("github", "GITHUB_ACTIONS", ("GITHUB_SHA",), ("GITHUB_HEAD_REF", "GITHUB_REF_NAME"), ("RUNNER_NAME",)),
    _Service(
        "gitlab",
        "GITLAB_CI",
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_COMMIT_SHA"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "CI_COMMIT_REF_NAME"),
        ("CI_RUNNER_DESCRIPTION",),
    ),
    _Service("jenkins", "JENKINS_URL", ("GIT_COMMIT",), ("CHANGE_BRANCH", "BRANCH_NAME", "GIT_BRANCH"), ("NODE_NAME",)),
)


def find_origin(folder: Path, environment: Mapping[str, str] = os.environ) -> Origin:
    """Return the origin of a run of the program in `folder`."""
    service = next((each for each in _SERVICES if environment.get(each.mark)), None)
    machine = platform.node() or None
    here = _git_origin(folder)
    if service is None:
        return replace(here, machine=machine)
    return Origin(
        commit=_first(environment, service.commit) or here.commit,
        changed=here.changed,
        # Jenkins' git plugin names the branch of the remote.
        branch=(_first(environment, service.branch) or here.branch or "").removeprefix("origin/") or None,
        machine=_first(environment, service.machine) or machine,
        service=service.name,
    )


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := environment.get(name, "").strip())), None)


def _git_origin(folder: Path) -> Origin:
    commit = _git(folder, "rev-parse", "--verify", "HEAD")
    if not commit:
        return Origin()
    branch = _git(folder, "rev-parse", "--abbrev-ref", "HEAD")
    # New files are no reason to doubt the commit: recordings and pages are some.
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return Origin(commit=commit, changed=bool(changes), branch=None if branch == "HEAD" else branch or None)


def _git(folder: Path, *arguments: str) -> str:
    """Return what git says, nothing where there is no git, no repository or no answer."""
    try:
        done = subprocess.run(
            ["git", "--no-optional-locks", *arguments],
            cwd=folder,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""
