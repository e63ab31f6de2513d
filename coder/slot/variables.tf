variable "startup_script" {
  type        = string
  description = "What the agent runs when the workspace starts: ../startup.sh."
}

variable "base_port" {
  type        = number
  default     = 3001
  description = "Port of slot a; b to e have the next four. Elsewhere than 3001, set SLOT_BASE_PORT in the workspace too."
}

variable "admin_port" {
  type    = number
  default = 9000
}

variable "webhook_port" {
  type    = number
  default = 9001
}

variable "pgadmin_port" {
  type    = number
  default = 5050
}

variable "home" {
  type        = string
  default     = "/home/coder"
  description = "The folder that survives a stop."
}

variable "preset" {
  type        = map(string)
  default     = {}
  description = "Values of the template's own parameters, for the presets."
}
