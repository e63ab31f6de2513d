# The tests' machine: the agent is a process of this host, alone in a process
# namespace, so that everything it started ends with it as in a container.
# What is not the machine's comes from coder/slot, as in the real templates.
terraform {
  required_providers {
    coder = {
      source = "coder/coder"
    }
  }
}

variable "coder_bin" {
  type        = string
  description = "The program that runs as the agent."
}

variable "state_dir" {
  type        = string
  description = "Folder of the machines; each has one of its workspace's id."
}

variable "path" {
  type        = string
  description = "PATH of the agent."
}

variable "base_port" {
  type        = number
  description = "Slots have the first five ports; admin, webhook, pgAdmin and PostgreSQL the next."
}

data "coder_workspace" "me" {}

module "slot" {
  source         = "./slot"
  startup_script = file("${path.module}/startup.sh")
  home           = "${local.dir}/home"
  base_port      = var.base_port
  admin_port     = var.base_port + 5
  webhook_port   = var.base_port + 6
  pgadmin_port   = var.base_port + 7
  preset = {
    (data.coder_parameter.disk.name)  = "10"
    (data.coder_parameter.fail.name)  = "false"
    (data.coder_parameter.delay.name) = "0"
  }
}

# For refusals that a template's own parameters bring.
data "coder_parameter" "disk" {
  name    = "DISK_GB"
  type    = "number"
  default = 10
  mutable = false
  order   = 20
  validation {
    min = 1
    max = 100
  }
}

# For a build that fails after it was accepted.
data "coder_parameter" "fail" {
  name    = "FAIL_BUILD"
  type    = "bool"
  default = false
  mutable = true
  order   = 21
}

# For a build that takes its time.
data "coder_parameter" "delay" {
  name    = "BUILD_SECONDS"
  type    = "number"
  default = 0
  mutable = true
  order   = 22
}

locals {
  dir = "${var.state_dir}/${data.coder_workspace.me.id}"
}

resource "terraform_data" "machine" {
  count            = data.coder_workspace.me.start_count
  triggers_replace = [module.slot.agent_token]
  input            = local.dir

  lifecycle {
    precondition {
      condition     = !tobool(data.coder_parameter.fail.value)
      error_message = "FAIL_BUILD is true: this build fails, as asked."
    }
  }

  provisioner "local-exec" {
    command = "bash ${path.module}/machine.sh start '${self.input}'"
    environment = {
      AGENT       = var.coder_bin
      AGENT_PATH  = var.path
      ACCESS_URL  = data.coder_workspace.me.access_url
      TOKEN       = module.slot.agent_token
      ADMIN_TOKEN = module.slot.secrets["admin-token"]
      SESSION     = module.slot.secrets["coder-session"]
      BASE_PORT   = var.base_port
      ENVIRONMENT = join(" ", [for k, v in module.slot.environment : "${k}=${v}"])
      DELAY       = data.coder_parameter.delay.value
    }
  }

  provisioner "local-exec" {
    when    = destroy
    command = "bash ${path.module}/machine.sh stop '${self.input}'"
  }
}
