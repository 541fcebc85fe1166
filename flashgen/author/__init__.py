"""What helps to write: kinds with examples, new projects, facts and kinds, schemas for editors, safe cures."""
