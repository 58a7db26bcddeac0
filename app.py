"""Table of contents: one line a page. Run with: make run"""
import streamlit as st

from pages.shared import shell

shell.open_app(
    st.navigation(
        {
            "Look": [
                st.Page("pages/classify.py", title="Classify", default=True),
                st.Page("pages/network.py", title="Network"),
            ],
            "Open any number": [
                st.Page("pages/convolution.py", title="Convolution"),
                st.Page("pages/activation.py", title="Activation"),
                st.Page("pages/pooling.py", title="Pooling"),
                st.Page("pages/dense.py", title="Dense and softmax"),
            ],
            "How it learns": [
                st.Page("pages/neuron.py", title="Neuron"),
                st.Page("pages/backward.py", title="Backward"),
                st.Page("pages/flow.py", title="Gradient flow"),
                st.Page("pages/training.py", title="Training lab"),
            ],
            "Autoencoders": [
                st.Page("pages/autoencoder.py", title="Autoencoder"),
                st.Page("pages/repair.py", title="Repair"),
                st.Page("pages/six.py", title="Six side by side"),
                st.Page("pages/latent.py", title="Latent space"),
                st.Page("pages/train_one.py", title="Train one"),
            ],
        },
        position="top",
    )
)
