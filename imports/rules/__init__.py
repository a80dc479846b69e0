"""Pure decisions of an import: what a sheet is, what each row means, what each cell says, what is wrong."""
