from attachments.admin.attachment import AttachmentAdmin

__all__ = ["AttachmentAdmin"]
