"""What every slice stands on; holds no word of the office's trade."""
