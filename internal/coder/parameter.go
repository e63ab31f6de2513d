package coder

// Parameter is a rich parameter of a template with its value in a workspace.
type Parameter struct {
	Name        string   `json:"name"`
	DisplayName string   `json:"display_name,omitempty"`
	Description string   `json:"description,omitempty"`
	Type        string   `json:"type"` // string, number, bool or list(string)
	Value       string   `json:"value"`
	Default     string   `json:"default"`
	Mutable     bool     `json:"mutable"`
	Ephemeral   bool     `json:"ephemeral,omitempty"` // for one build only
	Required    bool     `json:"required,omitempty"`
	Options     []Option `json:"options,omitempty"`
	Multiple    bool     `json:"multiple,omitempty"` // a list of several options
	Regex       string   `json:"regex,omitempty"`
	Message     string   `json:"message,omitempty"` // the template's words for a value that is refused
	Min         *int     `json:"min,omitempty"`
	Max         *int     `json:"max,omitempty"`
	Monotonic   string   `json:"monotonic,omitempty"` // increasing or decreasing
}

// Option is one of the values that a parameter may have.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Change is a parameter's new value.
type Change struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}
