// Package columns finds out which column of order files has which role, and how its
// values are read: Inspect looks at all files before any is decoded, FindReadings and
// FindHeaders at what the types leave open. Cursors then give the values of a column
// chunk page by page, as whole numbers or as entries of texts.
package columns
