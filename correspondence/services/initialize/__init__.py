from correspondence.services.initialize.initialize import initialize_correspondences

__all__ = ["initialize_correspondences"]
