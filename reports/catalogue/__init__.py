"""Danh mục: the pages where the office keeps units, their names, indicators, periods and deadlines."""
