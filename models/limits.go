package models

// Bounds of what is learned and read, far above what is useful. A file that
// asks for more is refused before memory is given to it.
const (
	maxColumns    = 4096
	maxLevels     = 1 << 16 // of a column
	maxNodes      = 1 << 16 // of a tree
	maxTrees      = 1 << 14
	maxPoints     = 1 << 20 // of an isotonic curve
	maxSteps      = 8       // calibrations behind a model
	maxNameLength = 1 << 14 // bytes of a column's or level's name
	maxNumber     = 1e100
	maxLineLength = 1 << 20 // bytes
)
