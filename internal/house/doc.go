// Package house holds the tests of the house itself: which package may import
// which, where the clock may be read, that the documents name every column,
// command and dependency. There is nothing in it to import.
package house
