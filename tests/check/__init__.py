"""Tests of what `check` finds, rule by rule."""
