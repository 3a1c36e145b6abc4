package settings

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// File takes the settings of a YAML file. Keys are the names of the flags;
// lists and maps are written as such or as the flag takes them. An unknown key
// or a value of the wrong type is a *Error with line and column. Keys
// that the command at hand has no use for are checked all the same.
func (d *Draft) File(name string, content []byte) error {
	d.file = name
	root, err := parseYAML(name, content)
	if err != nil || root == nil {
		return err
	}
	for _, pair := range root.Values {
		if err := d.fileEntry(name, pair); err != nil {
			return err
		}
	}
	return nil
}

// parseYAML gives the map that the file holds; nil where it holds nothing.
func parseYAML(name string, content []byte) (root *ast.MappingNode, err error) {
	defer func() {
		if p := recover(); p != nil {
			root, err = nil, &Error{Where: name, Text: fmt.Sprintf("no readable YAML: %v", p)}
		}
	}()
	file, err := parser.ParseBytes(content, 0)
	if err != nil {
		var positioned yaml.Error
		if errors.As(err, &positioned) && positioned.GetToken() != nil {
			return nil, fileError(name, positioned.GetToken(), "", positioned.GetMessage())
		}
		return nil, &Error{Where: name, Text: err.Error()}
	}
	for i, doc := range file.Docs {
		switch body := doc.Body.(type) {
		case nil:
		case *ast.CommentGroupNode:
		case *ast.MappingNode:
			if root != nil {
				return nil, fileError(name, file.Docs[i].Start, "", "want one document, found another one")
			}
			root = body
		default:
			return nil, fileError(name, body.GetToken(), "", "want lines such as horizon: 60, found "+nodeWords(body))
		}
	}
	return root, nil
}

func fileError(file string, at *token.Token, key, text string) error {
	where := file
	if at != nil && at.Position != nil {
		where = fmt.Sprintf("%s:%d:%d", file, at.Position.Line, at.Position.Column)
	}
	if key != "" {
		where += ": " + key
	}
	return &Error{Where: where, Text: text}
}

func (d *Draft) fileEntry(file string, pair *ast.MappingValueNode) error {
	at := pair.Key.GetToken()
	key := at.Value
	i := d.find(key)
	if i < 0 || d.table[i].flagOnly {
		return fileError(file, at, "", unknownKey(d.table, key))
	}
	parts, err := d.table[i].yamlParts(pair.Value)
	if err == nil {
		err = d.take(i, parts, fmt.Sprintf("%s:%d", filepath.Base(file), at.Position.Line))
	}
	if err != nil {
		position := at
		if _, null := pair.Value.(*ast.NullNode); !null && pair.Value.GetToken() != nil {
			position = firstToken(pair.Value)
		}
		return fileError(file, position, key, err.Error())
	}
	return nil
}

// firstToken is where a value begins: of a map in lines that is its first key.
func firstToken(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}

// yamlParts turns the value of a key into the parts that a flag would give.
func (s *Setting) yamlParts(n ast.Node) ([]string, error) {
	text, isText := scalarText(n)
	switch s.kind {
	case wholeValue:
		if _, ok := n.(*ast.IntegerNode); ok {
			return []string{text}, nil
		}
		return nil, fmt.Errorf("want a whole number, found %s", nodeWords(n))
	case numberValue:
		if isNumber(n) {
			return []string{text}, nil
		}
		return nil, fmt.Errorf("want a number, found %s", nodeWords(n))
	case boolValue:
		if b, ok := n.(*ast.BoolNode); ok {
			return []string{fmt.Sprint(b.Value)}, nil
		}
		return nil, fmt.Errorf("want true or false, found %s", nodeWords(n))
	case textValue:
		if isText {
			return []string{text}, nil
		}
		return nil, fmt.Errorf("want a text, found %s", nodeWords(n))
	}
	if isText {
		return s.parts([]string{text}), nil
	}
	if s.kind == mapValue {
		if m, ok := n.(*ast.MappingNode); ok {
			return mapParts(m)
		}
	}
	return listParts(n, s.kind)
}

// mapParts writes a map as key=value; a key with a list once for each entry.
func mapParts(m *ast.MappingNode) ([]string, error) {
	var parts []string
	for _, pair := range m.Values {
		key := pair.Key.GetToken().Value
		if text, ok := scalarText(pair.Value); ok {
			parts = append(parts, key+"="+text)
			continue
		}
		texts, err := listParts(pair.Value, listValue)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		for _, text := range texts {
			parts = append(parts, key+"="+text)
		}
	}
	return parts, nil
}

func listParts(n ast.Node, kind valueKind) ([]string, error) {
	want := "a list or a text"
	if kind == mapValue {
		want = "a map, a list or a text"
	}
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		return nil, fmt.Errorf("want %s, found %s", want, nodeWords(n))
	}
	var parts []string
	for _, entry := range list.Values {
		text, ok := scalarText(entry)
		if !ok {
			return nil, fmt.Errorf("want texts in the list, found %s", nodeWords(entry))
		}
		parts = append(parts, text)
	}
	return parts, nil
}

// scalarText is the text of a string or a number as it is written.
func scalarText(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return strings.TrimRight(v.Value.Value, "\n"), true
	}
	if isNumber(n) {
		return strings.ReplaceAll(n.GetToken().Value, "_", ""), true
	}
	return "", false
}

func isNumber(n ast.Node) bool {
	switch v := n.(type) {
	case *ast.IntegerNode:
		return true
	case *ast.FloatNode:
		return !math.IsNaN(v.Value)
	}
	return false
}

// nodeWords names what stands in a file.
func nodeWords(n ast.Node) string {
	switch v := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a map"
	case *ast.SequenceNode:
		return "a list"
	case *ast.AliasNode, *ast.AnchorNode:
		return "an anchor or alias, which are not read here"
	case *ast.TagNode:
		return "a tag, which is not read here"
	case *ast.StringNode:
		return fmt.Sprintf("%q", v.Value)
	case *ast.BoolNode:
		return fmt.Sprint(v.Value)
	}
	if n == nil || n.GetToken() == nil {
		return "nothing"
	}
	return n.GetToken().Value
}
