"""The command line and the Streamlit pages."""
