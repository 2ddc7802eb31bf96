"""Figures inside texts: picked out, labelled, corrected by a person where need be."""
