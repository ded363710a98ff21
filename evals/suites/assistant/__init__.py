"""The assistant: questions about a generated company, judged by what its generator wrote down."""
