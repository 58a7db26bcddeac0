"""Table of contents: one line a page. Run with: make run"""
import streamlit as st

from pages.shared import shell

shell.open_app(
    st.navigation(
        [
            st.Page("pages/classify.py", title="Classify", default=True),
            st.Page("pages/network.py", title="Network"),
        ],
        position="top",
    )
)
