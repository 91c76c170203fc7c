"""`cleaner rules`: look at rules, prove them, try them on documents, write new ones."""

from cleaner.cli.help import App
from cleaner.cli.rules import check, look, new, trial

app = App(help="Look at the rules, test them, try them on documents, and write your own.", no_args_is_help=True)
app.command("list")(look.list_rules)
app.command("show", no_args_is_help=True)(look.show_rule)
app.command("test")(check.run_examples)
app.command("try", no_args_is_help=True)(trial.try_rule)
app.command("new", no_args_is_help=True)(new.new_rule)
app.command("lint")(check.lint_rules)
