"""Files → Project: what a project's folders and YAML files hold."""
