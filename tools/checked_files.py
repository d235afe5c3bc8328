"""What the checks of this folder look at."""

import pathlib
import subprocess


def root_of(arguments):
    """Of a command line: the folder that it names, or else this repository."""
    return (pathlib.Path(arguments[1]) if len(arguments) > 1
            else pathlib.Path(__file__).resolve().parent.parent)


def our_files(root, *patterns):
    """The names of our files that fit one of git's patterns, or of all, sorted;
    also of those that git does not know yet. CalledProcessError: `root` is no
    checkout."""
    listed = subprocess.run(
        ["git", "-C", root, "ls-files", "-z", "--cached", "--others",
         "--exclude-standard", "--", *patterns],
        check=True, capture_output=True, text=True)
    return [name for name in sorted(set(listed.stdout.split("\0")) - {""})
            if pathlib.Path(root, name).is_file()]
