"""Files that people hand in are made anew before they are kept: nothing of them tells who, where or when."""
