"""The recursions as Triton kernels; imported on a GPU only."""
