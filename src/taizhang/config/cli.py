"""The command `taizhang`. Each module in config/commands is one subcommand:

its docstring             the help text
configure(parser)         its arguments
prepare(options)          optional: sets the environment before the settings are read
run(options) -> int       does it and returns the exit code; imports models here, not at the top
AS_OWNER = True           works as the database's owner instead of the application's role
NEEDS_DATABASE = False    does not need a migrated database
"""

import argparse
import importlib
import os
import pkgutil
import sys
from types import ModuleType

from taizhang.config import commands

WRONG_USE = 2


def main(arguments: list[str] | None = None) -> int:
    modules = {
        info.name: importlib.import_module(f"{commands.__name__}.{info.name}")
        for info in pkgutil.iter_modules(commands.__path__)
    }
    options = _parser(modules).parse_args(arguments)
    module = modules[options.command]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.config.settings")
    if getattr(module, "AS_OWNER", False):
        os.environ["TAIZHANG_AS_OWNER"] = "1"
    try:
        if hasattr(module, "prepare"):
            module.prepare(options)
        return _run(module, options)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output went away, `| head` say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(modules: dict[str, ModuleType]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="taizhang", description="台账: the Party-building ledger.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in sorted(modules.items()):
        text = (module.__doc__ or "").strip()
        each = subparsers.add_parser(
            name.removesuffix("_").replace("_", "-"), help=text.split("\n")[0], description=text
        )
        each.set_defaults(command=name)
        module.configure(each)
    return parser


def _run(module: ModuleType, options: argparse.Namespace) -> int:
    import django
    from django.core.exceptions import ImproperlyConfigured

    from taizhang.kit.postgres import ServerFailed

    try:
        if getattr(module, "NEEDS_DATABASE", True):
            django.setup()
            from taizhang.config import schema

            schema.make_current()
        return module.run(options)
    except (ImproperlyConfigured, ServerFailed) as error:
        print(f"taizhang: {error}", file=sys.stderr)
        return WRONG_USE


if __name__ == "__main__":
    raise SystemExit(main())
