"""JSON nested a hundred thousand deep."""

EXPECT = {"verdict": "REVIEW", "half": None, "mirror": None}


def text(notebook_text):
    return '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ' + "[" * 100_000 + "]" * 100_000 + "}"
