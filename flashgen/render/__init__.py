"""Facts → Notes."""
