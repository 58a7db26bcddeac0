"""The compute engine: numpy and torch in, frozen records of arrays out. It knows neither Streamlit nor plotly.

Shapes, at the end of a line: an image or map is (C, H, W), a batch (N, C, H, W), a bank of kernels (K, C, k, k),
what an operation gives (K, H', W'), a code (N, D). One image in; the batch axis stays out of sight.
"""
