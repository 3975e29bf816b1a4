"""A coherent synthetic story for training, told by calling the product's own actions."""
