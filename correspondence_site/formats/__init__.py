"""How the operators' interface writes dates: `FORMAT_MODULE_PATH` names this package."""
