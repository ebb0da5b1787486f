"""The answers' pictures, drawn from vectors: faces, stars, thumbs and numbers."""
