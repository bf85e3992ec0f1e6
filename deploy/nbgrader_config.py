"""What every server of the hub knows of nbgrader: the course's name and the exchange. The instructor's course folder has its own file beside this one."""

c = get_config()  # noqa: F821
c.CourseDirectory.course_id = "colouring"
c.Exchange.root = "/srv/nbgrader/exchange"
# Each user has a login here: what somebody hands in for another is not collected.
c.WholeCollect.own_login = True
