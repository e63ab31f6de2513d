# Written by slot at each start of pgAdmin; changes are lost. pgAdmin imports it
# from the folder of slot_pgadmin.py.
import os

_here = os.path.dirname(os.path.abspath(__file__))
SERVER_MODE = True
DATA_DIR = os.path.join(_here, "data")
SQLITE_PATH = os.path.join(DATA_DIR, "pgadmin4.db")
SESSION_DB_PATH = os.path.join(DATA_DIR, "sessions")
STORAGE_DIR = os.path.join(DATA_DIR, "storage")
AZURE_CREDENTIAL_CACHE_DIR = os.path.join(DATA_DIR, "azure")
KERBEROS_CCACHE_DIR = os.path.join(DATA_DIR, "kerberos")
LOG_FILE = os.devnull  # what it says goes to slot db logs --pgadmin

# slot_pgadmin.py says who somebody is; pgAdmin has no login of its own.
AUTHENTICATION_SOURCES = ["webserver"]
WEBSERVER_AUTO_CREATE_USER = False
MASTER_PASSWORD_REQUIRED = False
USE_OS_SECRET_STORAGE = False
MFA_ENABLED = False
# Behind Coder the visitor's address changes with the connection.
ENHANCED_COOKIE_PROTECTION = False
PROXY_X_HOST_COUNT = 1
PROXY_X_PREFIX_COUNT = 1
UPGRADE_CHECK_ENABLED = False
SHOW_GRAVATAR_IMAGE = False  # it would tell others who looks
